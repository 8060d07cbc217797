package io.apihub.billing.kube;

import io.apihub.billing.account.Tenant;
import io.apihub.billing.audit.AuditLog;
import java.util.Map;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.node.ObjectNode;

/** Writes down what members changed. */
@Component
class ObjectAudit {

    private final AuditLog audit;
    private final TransactionTemplate transactions;

    ObjectAudit(AuditLog audit, TransactionTemplate transactions) {
        this.audit = audit;
        this.transactions = transactions;
    }

    /** Adds a line after the fact; nothing for a dry run. */
    void record(
            Writing writing, ResourceKind kind, String done, Tenant tenant, ObjectNode written) {
        if (writing.dryRun()) {
            return;
        }
        var name = written.path("metadata").path("name").asString("");
        var fields = String.join(",", written.path("spec").propertyNames());
        transactions.executeWithoutResult(status ->
                audit.record(
                        writing.caller(),
                        kind.word() + "." + done,
                        "tenant/" + tenant.name(),
                        Map.of("name", name, "fields", fields)));
    }
}
