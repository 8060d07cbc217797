package io.apihub.dev.smoke;

import com.fasterxml.jackson.databind.JsonNode;
import io.apihub.dev.stack.BillingApi;
import io.apihub.dev.stack.Stack;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** What the steps of the job share. */
record Scene(Stack stack, Kubectl kubectl, Gateway gateway, BillingApi billing, Keys keys) {

    static final String TENANT = "smoke";
    static final String DIRECT_MODEL = "smoke-direct";
    static final String GRANT = "10";

    /** Begins the tags of this job, which may share its model server with others. */
    static final String TAGS = "smoke.";

    /** A prompt by which {@link ServedLines} finds the request. */
    static String tagged(String tag, String prompt) {
        return "[[tag=%s%s]] %s".formatted(TAGS, tag, prompt);
    }

    /** Usage records of the tenant, newest first, all pages. */
    List<JsonNode> usage() throws IOException, InterruptedException {
        var records = new ArrayList<JsonNode>();
        var path = "/api/v1/usage?limit=500&tenant=" + TENANT;
        var page = billing.get(path);
        page.path("items").forEach(records::add);
        while (page.hasNonNull("nextCursor")) {
            page = billing.get(path + "&cursor=" + page.path("nextCursor").asText());
            page.path("items").forEach(records::add);
        }
        return records;
    }

    /** The one usage record of a request, if it is there yet. */
    List<JsonNode> usageOf(String requestId) throws IOException, InterruptedException {
        var records = new ArrayList<JsonNode>();
        billing.get("/api/v1/usage?limit=20&tenant=" + TENANT).path("items").forEach(records::add);
        records.removeIf(record -> !record.path("requestId").asText().equals(requestId));
        return records;
    }
}
