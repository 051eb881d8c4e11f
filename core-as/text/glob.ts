/** placeholder */
export function isMatch(pattern: usize, patternLen: u32, at: usize, len: u32, nocase: bool): bool { return false; }
