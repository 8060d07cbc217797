package io.apihub.extauthz.request;

import org.jspecify.annotations.Nullable;

/** What the inspector makes of a body. */
public sealed interface Inspection {

    /**
     * A request, as far as its price and its route depend on it.
     *
     * @param model as the client names it
     * @param stream whether the answer is to be a stream
     * @param outputLimit output tokens of one answer; 0 = the client gave no limit
     * @param answers how many answers each prompt asks for
     * @param prompts how many prompts there are; 1 for anything but a list
     * @param textBytes bytes of the body that are not images or files
     * @param tokenIds tokens that came as numbers
     * @param unseenState whether it refers to input that this body does not show
     * @param modelPlace where the model's name stands, quotes included; null if not in the body
     * @param askForUsage what makes a stream carry its usage; null if it does or is no such stream
     * @param limit how its maximum of output tokens can be lowered; null if it has none
     */
    record Request(
            String model,
            boolean stream,
            long outputLimit,
            long answers,
            long prompts,
            long textBytes,
            long tokenIds,
            long images,
            long files,
            boolean unseenState,
            @Nullable Place modelPlace,
            @Nullable Edit askForUsage,
            @Nullable OutputLimit limit)
            implements Inspection {}

    /**
     * Not a request.
     *
     * @param words for the client
     * @param param the field at fault, if it is one
     */
    record Malformed(String words, @Nullable String param) implements Inspection {}

    /**
     * A run of bytes of the body.
     *
     * @param json whether what stands there is a JSON string, else plain text
     */
    record Place(int at, int length, boolean json) {}
}
