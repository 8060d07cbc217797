package io.apihub.extauthz.credit;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import io.apihub.usage.v1.Hold;
import io.apihub.usage.v1.Taken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All that one request needs, of every account and limit that applies to it: taken together or not
 * at all. For one thread at a time.
 */
public final class Claim {

    private static final int LEASE = Taken.LEASE_ID_FIELD_NUMBER;
    private static final int AMOUNT = Taken.AMOUNT_FIELD_NUMBER;

    /** Tag, length, and two numbers of ten bytes with their tags. */
    private static final int MOST_OF_TAKEN = 2 + 1 + 2 * 11;

    private final Amounts amounts;
    private final Allowance[] allowances;
    private final long[] wanted;
    private final @Nullable Lease[] leases;
    private final long[] marks;
    private int size;
    private boolean shares;
    private long deadline;
    private boolean timed;

    /**
     * An empty claim.
     *
     * @param capacity allowances at most
     */
    public Claim(Amounts amounts, int capacity) {
        this.amounts = amounts;
        allowances = new Allowance[capacity];
        wanted = new long[capacity];
        leases = new Lease[capacity];
        marks = new long[capacity];
    }

    /** The same claim of smaller amounts; its time to wait goes on. */
    public Claim of(Amounts smaller) {
        var claim = new Claim(smaller, size);
        for (int i = 0; i < size; i++) {
            claim.add(allowances[i]);
        }
        return claim.inPlaceOf(this);
    }

    /** This claim; the time to wait of an earlier one of the same request goes on. */
    public Claim inPlaceOf(Claim earlier) {
        deadline = earlier.deadline;
        timed = earlier.timed;
        return this;
    }

    /** Claims of one more. A request that needs none of it claims nothing. */
    public void add(Allowance allowance) {
        long amount = amounts.of(allowance.subject().metric());
        if (amount > 0) {
            allowances[size] = allowance;
            wanted[size] = amount;
            shares |= !allowance.subject().isSettledByBilling();
            size++;
        }
    }

    public Amounts amounts() {
        return amounts;
    }

    boolean isEmpty() {
        return size == 0;
    }

    TenantDesk desk() {
        return allowances[0].desk();
    }

    /** Whether something must be released here when the request ends. */
    boolean hasShares() {
        return shares;
    }

    /** Takes all, or nothing. */
    boolean take(long now) {
        for (int i = 0; i < size; i++) {
            if (!take(i, now)) {
                undo(i, now);
                return false;
            }
        }
        return true;
    }

    private boolean take(int i, long now) {
        var allowance = allowances[i];
        for (var lease : allowance.leases()) {
            long mark = lease.take(wanted[i], now);
            if (mark >= 0) {
                leases[i] = lease;
                marks[i] = mark;
                allowance.took(wanted[i], mark);
                return true;
            }
        }
        return false;
    }

    private void undo(int count, long now) {
        for (int i = 0; i < count; i++) {
            release(i, 0, now);
        }
    }

    private void release(int i, long used, long now) {
        var lease = leases[i];
        leases[i] = null;
        if (lease != null && lease.giveBack(wanted[i], Math.min(used, wanted[i]), marks[i], now)) {
            allowances[i].desk().tell(lease);
        }
    }

    /** Gives back all that was taken. */
    void undo(long now) {
        undo(size, now);
    }

    /** The request ended: gives back what it did not use of shares; leases end with the hold. */
    void releaseShares(Amounts used, long now) {
        for (int i = 0; i < size; i++) {
            if (!allowances[i].subject().isSettledByBilling()) {
                boolean rate = allowances[i].isRate();
                release(i, rate ? used.of(allowances[i].subject().metric()) : 0, now);
            }
        }
    }

    /** Bytes that {@link #writeTaken} needs at most. */
    int mostBytesOfTaken() {
        return size * MOST_OF_TAKEN;
    }

    /** Writes the entries {@code taken} of a hold. */
    void writeTaken(CodedOutputStream hold) throws IOException {
        for (int i = 0; i < size; i++) {
            var lease = leases[i];
            if (lease != null && allowances[i].subject().isSettledByBilling()) {
                hold.writeTag(Hold.TAKEN_FIELD_NUMBER, WireFormat.WIRETYPE_LENGTH_DELIMITED);
                hold.writeUInt32NoTag(
                        CodedOutputStream.computeInt64Size(LEASE, lease.id())
                                + CodedOutputStream.computeInt64Size(AMOUNT, wanted[i]));
                hold.writeInt64(LEASE, lease.id());
                hold.writeInt64(AMOUNT, wanted[i]);
            }
        }
    }

    // What follows is for requests that wait, guarded by the desk.

    /** What can't be taken now; the rest is not held either. */
    List<Allowance> missing(long now) {
        var missing = new ArrayList<Allowance>(size);
        for (int i = 0; i < size; i++) {
            if (!take(i, now)) {
                missing.add(allowances[i]);
            }
        }
        undo(size, now);
        return missing;
    }

    /** The answer, if one of what is missing refuses without being asked; else null. */
    HoldOutcome.@Nullable Refused refusedWithoutAsking(List<Allowance> missing, long now) {
        var known = new ArrayList<Refusal>(1);
        var remembered = new ArrayList<Refusal>(0);
        for (var each : missing) {
            var refusal = each.knownRefusal(wanted(each), now);
            if (refusal != null) {
                known.add(refusal);
                continue;
            }
            var last = each.rememberedRefusal(wanted(each), now);
            if (last != null) {
                remembered.add(last);
            }
        }
        return known.isEmpty() ? null : new HoldOutcome.Refused(known, remembered);
    }

    /** How much it needs of one. */
    long wanted(Allowance allowance) {
        int i = indexOf(allowance);
        if (i < 0) {
            throw new IllegalArgumentException("not claimed: " + allowance.subject());
        }
        return wanted[i];
    }

    boolean has(Allowance allowance) {
        return indexOf(allowance) >= 0;
    }

    private int indexOf(Allowance allowance) {
        for (int i = 0; i < size; i++) {
            if (allowances[i] == allowance) {
                return i;
            }
        }
        return -1;
    }

    /** Puts those in charge in the place of allowances that were forgotten meanwhile. */
    void revive() {
        for (int i = 0; i < size; i++) {
            allowances[i] = allowances[i].desk().inCharge(allowances[i]);
        }
    }

    void waits() {
        for (int i = 0; i < size; i++) {
            allowances[i].demand().waits(wanted[i]);
        }
    }

    void waitsNoMore() {
        for (int i = 0; i < size; i++) {
            allowances[i].demand().waitsNoMore(wanted[i]);
        }
    }

    /** Nanoseconds left to wait; the clock starts at the first call. */
    long patience(long now, long timeout) {
        if (!timed) {
            timed = true;
            deadline = now + timeout;
        }
        return deadline - now;
    }
}
