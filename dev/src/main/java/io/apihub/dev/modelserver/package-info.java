/**
 * A model server that speaks every dialect natively, with usage that can be computed from the
 * prompt and with faults on demand: the upstream of the demo and of the tests.
 *
 * <p><b>Tokens.</b> Input tokens are the whitespace-separated words of all texts (system and tool
 * results included), plus 3 for each message, plus 10 for each tool offered. Output tokens are the
 * words generated, plus the reasoning asked for; a tool call counts 1 for its name and 1 for each
 * word of its arguments. {@code n}, {@code candidateCount} and several prompts multiply the output.
 * A maximum in the request cuts the output and is told as {@code length}, {@code max_tokens},
 * {@code incomplete} or {@code MAX_TOKENS}.
 *
 * <p><b>Directives.</b> {@code [[name]]} or {@code [[name=value]]}, anywhere in the text of the
 * last user message or in the model's name (they count as words like any other). Durations are
 * {@code 200ms} or {@code 2s}.
 *
 * <ul>
 *   <li>{@code words=50} generates as many words (default 12); {@code echo} answers with the prompt
 *   <li>{@code tool} or {@code tool=name} calls the first, or that, tool of the request
 *   <li>{@code cached=7}, {@code cache-write=5}, {@code cache-write-1h=5} make so many of the input
 *       tokens cached or written to the cache (the latter only where the dialect can say so);
 *       {@code reasoning=4} adds reasoning
 *   <li>{@code delay=200ms} waits before each word; {@code stall-before-first-byte=2s} before the
 *       answer's head; {@code hang-after-done=5s} keeps a finished stream open
 *   <li>{@code fail=500} (or {@code status=500}) answers with that status and the dialect's error;
 *       with {@code retry-after=3} it says when to come back
 *   <li>{@code fail-after=3} sends the dialect's error event after three words; {@code cut-after=3}
 *       drops the connection there; a JSON answer is cut in its middle
 *   <li>{@code no-usage} tells no usage, {@code absurd-usage=negative|huge|nan|string} a wrong one
 *   <li>{@code ignore-max} generates more than the request's maximum, as some upstreams do
 *   <li>{@code tag=...} is written into the log of what was served
 *   <li>{@code malformed} answers with JSON that does not parse
 * </ul>
 */
@NullMarked
package io.apihub.dev.modelserver;

import org.jspecify.annotations.NullMarked;
