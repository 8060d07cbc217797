package io.apihub.extauthz.request;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.apihub.model.usage.Dialect;
import java.io.IOException;

/** Finds tools that run at the upstream: what they read is input that the body does not show. */
final class ToolScan {

    private final JsonParser parser;
    private final BodySchema schema;
    private final boolean namedByKey;
    private final Tally tally;

    ToolScan(JsonParser parser, BodySchema schema, Dialect dialect, Tally tally) {
        this.parser = parser;
        this.schema = schema;
        this.namedByKey = dialect == Dialect.GEMINI;
        this.tally = tally;
    }

    void scan() throws IOException {
        if (parser.currentToken() == JsonToken.START_OBJECT) {
            tool();
        } else if (parser.currentToken() == JsonToken.START_ARRAY) {
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                if (parser.currentToken() == JsonToken.START_OBJECT) {
                    tool();
                } else {
                    parser.skipChildren();
                }
            }
        }
    }

    private void tool() throws IOException {
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            var name = parser.currentName();
            var token = parser.nextToken();
            if (namedByKey) {
                tally.unseenState |= token != JsonToken.VALUE_NULL && !schema.runsAtClient(name);
            } else if (BodySchema.fold(name).equals("type")) {
                tally.unseenState |=
                        token != JsonToken.VALUE_STRING || !schema.runsAtClient(parser.getText());
            }
            parser.skipChildren();
        }
    }
}
