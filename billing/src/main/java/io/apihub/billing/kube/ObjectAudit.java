package io.apihub.billing.kube;

import io.apihub.billing.account.Tenant;
import io.apihub.billing.audit.AuditLog;
import io.apihub.billing.problem.Refused;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes down what members change: that they are about to before the API server hears of it, then
 * what came of it. Whatever crashes between, no change is without a line; one that nothing follows
 * may have been made or not.
 */
@Component
class ObjectAudit {

    private static final Logger LOG = LoggerFactory.getLogger(ObjectAudit.class);
    private static final int NOT_KNOWN = 503;

    private final AuditLog audit;
    private final KeyMakers makers;
    private final TransactionTemplate transactions;

    ObjectAudit(AuditLog audit, KeyMakers makers, TransactionTemplate transactions) {
        this.audit = audit;
        this.makers = makers;
        this.transactions = transactions;
    }

    /** How an object is changed, in the words of the log. */
    enum Deed {
        CREATE("creating", "created"),
        CHANGE("changing", "changed"),
        DELETE("deleting", "deleted");

        private final String before;
        private final String after;

        Deed(String before, String after) {
            this.before = before;
            this.after = after;
        }
    }

    /**
     * A change.
     *
     * @param written what is sent to the API server
     */
    record Change(Deed deed, ResourceKind kind, Tenant tenant, ObjectNode written) {

        private Map<String, String> detail() {
            return Map.of(
                    "name",
                    written.path("metadata").path("name").asString(""),
                    "fields",
                    String.join(",", fields()));
        }

        private List<String> fields() {
            var fields = new ArrayList<>(written.path("spec").propertyNames());
            var metadata = written.path("metadata");
            if (!metadata.path("labels").isEmpty()) {
                fields.add("metadata.labels");
            }
            // One of them is ours.
            if (metadata.path("annotations").size() > 1) {
                fields.add("metadata.annotations");
            }
            return fields;
        }
    }

    /**
     * Makes a change, with its lines; for a dry run without.
     *
     * @param work asks the API server; safe to be refused
     * @return what the API server answered, also if the second line could not be written
     */
    ObjectNode around(Writing writing, Change change, Supplier<ObjectNode> work) {
        if (writing.dryRun()) {
            return work.get();
        }
        transactions.executeWithoutResult(
                status -> record(writing, change, change.deed().before, change.detail()));
        try {
            var answer = work.get();
            done(writing, change, answer);
            return answer;
        } catch (Refused e) {
            refused(writing, change, e);
            throw e;
        }
    }

    private void done(Writing writing, Change change, ObjectNode answer) {
        afterwards(() -> {
            if (change.deed() == Deed.CREATE && change.kind() == ResourceKind.API_KEY) {
                makers.made(KeyLabels.uid(answer), writing.caller().name());
            }
            record(writing, change, change.deed().after, change.detail());
        });
    }

    private void refused(Writing writing, Change change, Refused refusal) {
        if (refusal.problem().status() == NOT_KNOWN) {
            return;
        }
        var detail = new HashMap<>(change.detail());
        detail.put("problem", refusal.problem().type());
        afterwards(() -> record(writing, change, change.deed().before + "-refused", detail));
    }

    /** The API server has decided already: its answer is the caller's, whatever happens to ours. */
    private void afterwards(Runnable lines) {
        try {
            transactions.executeWithoutResult(status -> lines.run());
        } catch (DataAccessException | TransactionException e) {
            LOG.error("what came of a change is missing in the audit log; its intent is there", e);
        }
    }

    private void record(Writing writing, Change change, String action, Map<String, String> detail) {
        audit.record(
                writing.caller(),
                change.kind().word() + "." + action,
                "tenant/" + change.tenant().name(),
                detail);
    }
}
