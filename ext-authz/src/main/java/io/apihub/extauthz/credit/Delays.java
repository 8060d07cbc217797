package io.apihub.extauthz.credit;

import java.time.Duration;

/** Runs something later. */
@FunctionalInterface
public interface Delays {
    void after(Duration delay, Runnable task);
}
