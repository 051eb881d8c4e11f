/**
 * Stand-in for `@std/streams` where its registry cannot be reached: the names
 * and signatures that the project uses.
 *
 * @module
 */

/** All chunks of a stream in one array. */
export async function toBytes(
  stream: ReadableStream<Uint8Array>,
): Promise<Uint8Array> {
  const buffer = await new Response(
    stream as ReadableStream<Uint8Array<ArrayBuffer>>,
  ).arrayBuffer();
  return new Uint8Array(buffer);
}

/** All chunks of a stream as text. */
export async function toText(stream: ReadableStream): Promise<string> {
  const pieces: string[] = [];
  const decoder = new TextDecoder();
  for await (const chunk of stream) {
    pieces.push(
      typeof chunk === "string"
        ? chunk
        : decoder.decode(chunk, { stream: true }),
    );
  }
  return pieces.join("") + decoder.decode();
}

/** Chunks of a stream, split at line ends. */
export class TextLineStream extends TransformStream<string, string> {
  /** Splits at `\n` and `\r\n`. */
  constructor() {
    let rest = "";
    super({
      transform(chunk, controller) {
        const lines = (rest + chunk).split("\n");
        rest = lines.pop() ?? "";
        for (const line of lines) {
          controller.enqueue(line.endsWith("\r") ? line.slice(0, -1) : line);
        }
      },
      flush(controller) {
        if (rest !== "") controller.enqueue(rest);
      },
    });
  }
}
