package io.apihub.billing.identity;

import io.apihub.billing.audit.AuditLog;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** What a change needs: a transaction, and a line in the audit log within it. */
@Component
record ChangeLog(AuditLog audit, TransactionTemplate transactions) {}
