package io.apihub.extauthz.request;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;

/**
 * Counts prompts: a string, a list of strings, a list of token numbers, or a list of such lists.
 */
final class PromptScan {

    private final JsonParser parser;
    private final Tally tally;

    PromptScan(JsonParser parser, Tally tally) {
        this.parser = parser;
        this.tally = tally;
    }

    void scan() throws IOException {
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            parser.skipChildren();
            return;
        }
        long lists = 0;
        long before = tally.tokenIds;
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (parser.currentToken() == JsonToken.VALUE_NUMBER_INT) {
                tally.tokenIds++;
            } else {
                lists++;
                tokens();
            }
        }
        boolean bare = lists == 0 && tally.tokenIds > before;
        tally.prompts = Math.max(1, bare ? 1 : lists);
    }

    private void tokens() throws IOException {
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            parser.skipChildren();
            return;
        }
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (parser.currentToken() == JsonToken.VALUE_NUMBER_INT) {
                tally.tokenIds++;
            }
            parser.skipChildren();
        }
    }
}
