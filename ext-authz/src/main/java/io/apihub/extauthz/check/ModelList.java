package io.apihub.extauthz.check;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.apihub.extauthz.error.Denial;
import io.apihub.extauthz.error.Protocol;
import io.apihub.extauthz.error.Reason;
import io.apihub.extauthz.policy.ModelPolicy;
import io.apihub.extauthz.policy.PolicySnapshot;
import io.apihub.model.usage.Dialect;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/** What one key may call, in the words of each protocol. */
final class ModelList {

    private static final String CREATED = "1970-01-01T00:00:00Z";

    private final List<ModelPolicy> models;

    private ModelList(List<ModelPolicy> models) {
        this.models = models;
    }

    /** Models that this key may name and that have a price now. */
    static ModelList of(PolicySnapshot policy, Caller caller, long nowMillis) {
        var book = policy.prices().inForce(nowMillis);
        return new ModelList(
                policy.models().values().stream()
                        .filter(model -> book != null && book.priceOf(model.name()) != null)
                        .filter(model -> caller.mayUse(model.name()))
                        .sorted(Comparator.comparing(ModelPolicy::name))
                        .toList());
    }

    /** The whole list, or the one model that the path names. */
    Decision answer(HttpRequest request) {
        var protocol = request.protocol();
        var served = models.stream().filter(model -> isServed(model, protocol)).toList();
        int end = request.path().indexOf("/models") + "/models".length();
        var rest = request.path().substring(end);
        if (rest.length() <= 1) {
            return new Decision.Answered(list(served, protocol));
        }
        var name = URLDecoder.decode(rest.substring(1).replace("+", "%2B"), StandardCharsets.UTF_8);
        return served.stream()
                .filter(model -> model.name().equals(name))
                .findFirst()
                .<Decision>map(model -> new Decision.Answered(one(model, protocol)))
                .orElseGet(() ->
                        Decision.Denied.of(
                                Denial.ofParam(
                                        Reason.MODEL_UNKNOWN,
                                        "The model `" + name + "` does not exist.",
                                        "model")));
    }

    private static boolean isServed(ModelPolicy model, Protocol protocol) {
        return switch (protocol) {
            case OPENAI ->
                    model.pool(Dialect.OPENAI_CHAT) != null
                            || model.pool(Dialect.OPENAI_RESPONSES) != null
                            || model.pool(Dialect.OPENAI_OTHER) != null;
            case ANTHROPIC -> model.pool(Dialect.ANTHROPIC) != null;
            case GEMINI -> model.pool(Dialect.GEMINI) != null;
        };
    }

    private static String list(List<ModelPolicy> models, Protocol protocol) {
        var all =
                models.stream().map(model -> one(model, protocol)).collect(Collectors.joining(","));
        return switch (protocol) {
            case OPENAI -> "{\"object\":\"list\",\"data\":[" + all + "]}";
            case ANTHROPIC ->
                    "{\"data\":["
                            + all
                            + "],\"has_more\":false,\"first_id\":"
                            + (models.isEmpty() ? "null" : quoted(models.getFirst().name()))
                            + ",\"last_id\":"
                            + (models.isEmpty() ? "null" : quoted(models.getLast().name()))
                            + "}";
            case GEMINI -> "{\"models\":[" + all + "]}";
        };
    }

    private static String one(ModelPolicy model, Protocol protocol) {
        var name = quoted(model.name());
        return switch (protocol) {
            case OPENAI ->
                    "{\"id\":"
                            + name
                            + ",\"object\":\"model\",\"created\":0,\"owned_by\":\"apihub\"}";
            case ANTHROPIC ->
                    "{\"type\":\"model\",\"id\":"
                            + name
                            + ",\"display_name\":"
                            + name
                            + ",\"created_at\":\""
                            + CREATED
                            + "\"}";
            case GEMINI ->
                    "{\"name\":"
                            + quoted("models/" + model.name())
                            + ",\"displayName\":"
                            + name
                            + ",\"inputTokenLimit\":"
                            + model.figures().contextTokens()
                            + ",\"outputTokenLimit\":"
                            + model.figures().maxOutputTokens()
                            + ",\"supportedGenerationMethods\":[\"generateContent\",\"streamGenerateContent\"]}";
        };
    }

    private static String quoted(String text) {
        return '"' + new String(JsonStringEncoder.getInstance().quoteAsString(text)) + '"';
    }
}
