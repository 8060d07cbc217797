package io.apihub.extauthz.policy;

import io.apihub.policy.v1.Batch;
import io.apihub.policy.v1.Change;
import java.util.Optional;
import java.util.function.Consumer;

/** Where the policy outlives this process. Told by one thread at a time; never blocks for long. */
public interface PolicyStore {

    /** Keeps nothing. */
    PolicyStore NONE =
            new PolicyStore() {
                @Override
                public Optional<SavedPolicy> load(Consumer<Change> into) {
                    return Optional.empty();
                }

                @Override
                public void add(Batch batch) {}

                @Override
                public void commit(Runnable durable) {
                    durable.run();
                }

                @Override
                public void abandon() {}

                @Override
                public void current(String epoch, long revision, long ageNanos) {}
            };

    /**
     * Reads what an earlier process knew; to be called first.
     *
     * @param into told all of it, to be forgotten if the answer is empty
     */
    Optional<SavedPolicy> load(Consumer<Change> into);

    /** Takes in a batch of a step that is not complete yet, or its last one. */
    void add(Batch batch);

    /**
     * The step is complete.
     *
     * @param durable run, perhaps on another thread, once a restart would know of it, or once it is
     *     certain that this can't be
     */
    void commit(Runnable durable);

    /** The rest of the step will not come. */
    void abandon();

    /** This gateway was certainly up to date so long ago. */
    void current(String epoch, long revision, long ageNanos);
}
