/**
 * Access control: users, the rules that say what they may do, and the check of a
 * request against them. Pure: sessions and files belong to others.
 *
 * @module
 */

export {
  CommandCatalog,
  type CommandEntry,
  type KnownCommand,
} from "./catalog.ts";
export {
  type AccessRequest,
  allowsAlways,
  allowsChannels,
  type ChannelUse,
  checkAccess,
  type Denial,
  type KeyUse,
  mayReadAnyKey,
} from "./check.ts";
export {
  type DenialEntry,
  DenialLog,
  type DenialReason,
  type DeniedCall,
} from "./denial_log.ts";
export {
  describeChannels,
  describeCommands,
  describeKeys,
} from "./describe.ts";
export { DEFAULT_USER, type RefusedRule, UserDirectory } from "./directory.ts";
export { PROBLEM_TEXTS, type RuleProblem } from "./problems.ts";
export { type KeyPattern, Selector } from "./selector.ts";
export { User, type UserDefaults } from "./user.ts";
export { readUsers, type UserFile } from "./user_file.ts";
export { hasSpaces, type MergedRules, mergeSelectors } from "./words.ts";
