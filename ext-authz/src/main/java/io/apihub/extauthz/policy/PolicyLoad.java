package io.apihub.extauthz.policy;

import io.apihub.policy.v1.Batch;
import io.apihub.policy.v1.Change;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Collects the changes of a file's batches; a step that is not complete at its end does not count.
 */
final class PolicyLoad implements PolicyFrames.Reader {

    private final Consumer<Change> into;
    private final List<Batch> step = new ArrayList<>();
    private @Nullable Batch last;
    private long snapshotEnd;
    private long end;

    PolicyLoad(Consumer<Change> into) {
        this.into = into;
    }

    @Override
    public void read(Batch batch, long at) throws IOException {
        if (last != null && batch.getSnapshot()) {
            throw new IOException("a second snapshot");
        }
        if (last == null && !batch.getSnapshot()) {
            throw new IOException("it does not begin with a snapshot");
        }
        if (batch.getSnapshot()) {
            batch.getChangesList().forEach(into);
        } else {
            step.add(batch);
        }
        if (batch.getComplete()) {
            step.forEach(each -> each.getChangesList().forEach(into));
            step.clear();
            snapshotEnd = last == null ? at : snapshotEnd;
            last = batch;
            end = at;
        }
    }

    /** Where the snapshot ends. */
    long snapshotEnd() {
        return snapshotEnd;
    }

    /** Where the last complete step ends. */
    long end() {
        return end;
    }

    SavedPolicy saved(long ageMillis) throws IOException {
        var complete = last;
        if (complete == null) {
            throw new IOException("its snapshot is not complete");
        }
        return new SavedPolicy(
                complete.getEpoch(), complete.getRevision(), complete.getTerm(), ageMillis);
    }
}
