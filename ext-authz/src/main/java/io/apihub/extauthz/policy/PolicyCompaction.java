package io.apihub.extauthz.policy;

import com.google.protobuf.ByteString;
import io.apihub.policy.v1.Batch;
import io.apihub.policy.v1.Change;
import io.apihub.policy.v1.Kind;
import io.apihub.policy.v1.Removed;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes a policy file anew: one snapshot, in which the later steps are worked in. Needs memory for
 * the steps only.
 */
final class PolicyCompaction {

    private static final int BATCH = 1_000;

    private final Path file;
    private final long snapshotEnd;
    private final long end;
    private final Map<Id, Change> changed = new LinkedHashMap<>();
    private @Nullable Batch last;

    /**
     * @param snapshotEnd where the file's snapshot ends and its steps begin
     * @param end where its last whole step ends
     */
    PolicyCompaction(Path file, long snapshotEnd, long end) {
        this.file = file;
        this.snapshotEnd = snapshotEnd;
        this.end = end;
    }

    private record Id(Kind kind, Object name) {}

    /** Writes the snapshot. */
    void write(PolicyFrames.Writer out) throws IOException {
        PolicyFrames.read(file, end, this::collect);
        var lastStep = last;
        if (lastStep == null) {
            throw new IOException("the policy file ends before its last step");
        }
        var whole = lastStep.toBuilder().setSnapshot(true).setComplete(false).clearChanges();
        PolicyFrames.read(file, snapshotEnd, (batch, at) -> copy(batch, whole.build(), out));
        var rest = new ArrayList<>(changed.values());
        rest.removeIf(Change::hasRemoved);
        for (int from = 0; from < rest.size(); from += BATCH) {
            var part = rest.subList(from, Math.min(rest.size(), from + BATCH));
            out.write(whole.build().toBuilder().addAllChanges(part).build());
        }
        out.write(whole.setComplete(true).build());
    }

    private void collect(Batch batch, long at) {
        if (at > snapshotEnd) {
            last = batch;
            for (var change : batch.getChangesList()) {
                changed.put(idOf(change), change);
            }
        }
    }

    private void copy(Batch batch, Batch whole, PolicyFrames.Writer out) throws IOException {
        var kept = new ArrayList<Change>(batch.getChangesCount());
        for (var change : batch.getChangesList()) {
            if (!changed.containsKey(idOf(change))) {
                kept.add(change);
            }
        }
        out.write(whole.toBuilder().addAllChanges(kept).build());
    }

    private static Id idOf(Change change) {
        return switch (change.getObjectCase()) {
            case TENANT -> new Id(Kind.KIND_TENANT, change.getTenant().getTenantId());
            case API_KEY -> new Id(Kind.KIND_API_KEY, change.getApiKey().getUid());
            case QUOTA -> new Id(Kind.KIND_QUOTA, change.getQuota().getUid());
            case MODEL -> new Id(Kind.KIND_MODEL, change.getModel().getName());
            case PRICE_BOOK -> new Id(Kind.KIND_PRICE_BOOK, change.getPriceBook().getUid());
            case REMOVED -> idOf(change.getRemoved());
            case OBJECT_NOT_SET -> new Id(Kind.KIND_UNSPECIFIED, ByteString.EMPTY);
        };
    }

    private static Id idOf(Removed removed) {
        boolean named = removed.getKind() == Kind.KIND_MODEL;
        return new Id(removed.getKind(), named ? removed.getName() : removed.getUid());
    }
}
