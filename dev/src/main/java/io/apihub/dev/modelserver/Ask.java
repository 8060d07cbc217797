package io.apihub.dev.modelserver;

import java.util.OptionalInt;

/**
 * One request for an answer, read from its dialect.
 *
 * @param choices how many answers are wanted, 1 or more
 * @param includeUsage whether a chat stream ends with a usage chunk
 */
record Ask(
        String model,
        Conversation conversation,
        boolean stream,
        boolean includeUsage,
        OptionalInt maxTokens,
        int choices) {

    Ask {
        if (choices < 1 || choices > 128) {
            throw new BadRequest("the number of choices must be 1 to 128: " + choices);
        }
        if (maxTokens.isPresent() && maxTokens.getAsInt() < 1) {
            throw new BadRequest("the maximum of tokens must be 1 or more: " + maxTokens);
        }
    }

    /** What the last user message and the model's name ask for; reads them each time. */
    Directives directives() {
        return Directives.in(model, conversation.lastUserText());
    }
}
