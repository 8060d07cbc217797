package io.apihub.billing.redemption;

import io.apihub.billing.access.Caller;
import io.apihub.billing.account.Accounts;
import io.apihub.billing.account.PlatformAccount;
import io.apihub.billing.account.Tenant;
import io.apihub.billing.audit.AuditLog;
import io.apihub.billing.ledger.Ledger;
import io.apihub.billing.ledger.Posting;
import io.apihub.billing.ledger.TransactionKind;
import io.apihub.billing.problem.Problem;
import io.apihub.billing.problem.Refused;
import io.apihub.model.money.Credits;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * Turns codes into credit. The use and the ledger's transaction are written together; whoever else
 * redeems or revokes codes of the batch waits meanwhile, so that bounds hold however many come at
 * once. Locks are taken in the order batch, account.
 */
@Component
class Redemptions {

    private final CodeBatches batches;
    private final Accounts accounts;
    private final Ledger ledger;
    private final AuditLog audit;

    Redemptions(CodeBatches batches, Accounts accounts, Ledger ledger, AuditLog audit) {
        this.batches = batches;
        this.accounts = accounts;
        this.ledger = ledger;
        this.audit = audit;
    }

    /**
     * What a code gave.
     *
     * @param balance the tenant's after it
     */
    record Redeemed(long transactionId, Credits value, Credits balance) {}

    /**
     * Redeems a code once, in the caller's transaction. Not safe to repeat by itself: a code of
     * several uses is used again.
     *
     * @throws Refused 409 in the same words whether the code is unknown, used up, expired or
     *     revoked; in others if the user has had enough of the batch
     */
    @Transactional(propagation = Propagation.MANDATORY)
    Redeemed redeem(RedemptionCode code, UUID user, Tenant tenant, Caller caller) {
        var found = batches.find(code).orElseThrow(Redemptions::notGood);
        if (!batches.lock(found.batch()) || !batches.isLive(found.batch())) {
            throw notGood();
        }
        var batch = batches.find(found.batch()).orElseThrow(Redemptions::notGood);
        int used = batches.usesOfCode(found.codeId());
        if (used >= batch.terms().usesPerCode()) {
            throw notGood();
        }
        int usedByUser = batches.usesOfUser(batch.id(), user);
        if (usedByUser >= batch.terms().usesPerUser()) {
            throw new Refused(
                    Problem.conflict(
                            "code-limit-of-user",
                            "You have redeemed as many of these codes as one user may."));
        }
        var redeemed = credit(batch, found, used + 1, tenant, caller);
        batches.insertUse(
                found, used + 1, user, usedByUser + 1, tenant.id(), redeemed.transactionId());
        audit.record(
                caller,
                "code.redeemed",
                "tenant/" + tenant.name(),
                Map.of(
                        "batch", batch.id().toString(),
                        "code", String.valueOf(found.number()),
                        "amount", batch.terms().value().toDecimal()));
        return redeemed;
    }

    private Redeemed credit(
            CodeBatch batch, CodeBatches.Found code, int use, Tenant tenant, Caller caller) {
        var account = accounts.lock(List.of(tenant.id())).get(tenant.id());
        if (account == null || tenant.deleted()) {
            throw new Refused(Problem.notFound("The tenant has just gone."));
        }
        var value = batch.terms().value();
        var posted =
                ledger.post(
                        Posting.transfer(
                                        TransactionKind.REDEMPTION,
                                        "redemption/" + code.codeId() + "/" + use,
                                        accounts.id(PlatformAccount.GRANTS),
                                        account.id(),
                                        value)
                                .by(caller.name(), batch.terms().note()));
        return new Redeemed(posted.transactionId(), value, account.balance().plus(value));
    }

    private static Refused notGood() {
        return new Refused(
                Problem.conflict(
                        "code-not-redeemable",
                        "No code can be redeemed by these characters: there is none, or it is used"
                                + " up, expired or revoked."));
    }
}
