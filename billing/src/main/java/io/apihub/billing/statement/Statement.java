package io.apihub.billing.statement;

import io.apihub.billing.account.Tenant;
import io.apihub.billing.ledger.LedgerSpan;
import io.apihub.billing.ledger.TransactionKind;
import io.apihub.billing.usage.ChargedUsage;
import io.apihub.model.money.Credits;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * A tenant's month.
 *
 * @param account 0: nothing was ever posted
 * @param models what was charged for requests that are known
 */
record Statement(
        Tenant tenant,
        Month month,
        long account,
        LedgerSpan span,
        List<ChargedUsage.OfModel> models) {

    private static final Set<TransactionKind> OF_REQUESTS =
            EnumSet.of(TransactionKind.USAGE, TransactionKind.OVERAGE, TransactionKind.CORRECTION);

    Statement {
        models = List.copyOf(models);
    }

    /** What was charged for requests. */
    Credits charged() {
        return span.kinds().stream()
                .filter(kind -> OF_REQUESTS.contains(kind.kind()))
                .map(kind -> kind.amount().negated())
                .reduce(Credits.ZERO, Credits::plus);
    }

    /** What was charged by model, with a last line of no model if requests do not explain all. */
    List<ChargedUsage.OfModel> byModel() {
        var rest = ofNoModel();
        if (rest.micros() == 0) {
            return models;
        }
        var all = new ArrayList<>(models);
        all.add(new ChargedUsage.OfModel("", 0, rest));
        return all;
    }

    /** Zero, unless somebody else than the ingest wrote usage to the ledger. */
    private Credits ofNoModel() {
        return models.stream().map(ChargedUsage.OfModel::charged).reduce(charged(), Credits::minus);
    }
}
