package io.apihub.billing.kube;

import io.apihub.billing.problem.Problem;
import io.apihub.billing.problem.Refused;
import java.io.IOException;
import java.io.InputStream;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Reads bodies whose form only the API server knows, within bounds. */
final class Bodies {

    /** The largest ApiKey that the schema allows has a third of it. */
    static final int MAX_BYTES = 65_536;

    private static final int DEEPEST = 16;

    private static final JsonMapper JSON =
            JsonMapper.builder(
                            JsonFactory.builder()
                                    .streamReadConstraints(
                                            StreamReadConstraints.builder()
                                                    .maxNestingDepth(DEEPEST)
                                                    .build())
                                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                                    .build())
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .build();

    private Bodies() {}

    /**
     * Reads an object.
     *
     * @throws Refused 413 if it is too large, 400 if it is none: also if a field stands there twice
     */
    static ObjectNode read(InputStream in) throws IOException {
        var bytes = in.readNBytes(MAX_BYTES + 1);
        if (bytes.length > MAX_BYTES) {
            throw new Refused(
                    Problem.refused(
                            413,
                            "Content Too Large",
                            "The body may have at most " + MAX_BYTES + " bytes."));
        }
        try {
            if (JSON.readTree(bytes) instanceof ObjectNode object) {
                return object;
            }
        } catch (JacksonException e) {
            var at = e.getLocation();
            throw new Refused(
                    Problem.malformed(
                            "The body is not valid JSON"
                                    + (at == null
                                            ? "."
                                            : ": line "
                                                    + at.getLineNr()
                                                    + ", column "
                                                    + at.getColumnNr()
                                                    + ".")));
        }
        throw new Refused(Problem.malformed("The body must be a JSON object."));
    }
}
