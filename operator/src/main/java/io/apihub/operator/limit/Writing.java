package io.apihub.operator.limit;

import io.apihub.operator.registry.Registry;
import io.apihub.operator.status.Programming;
import io.apihub.operator.status.Statuses;
import java.time.InstantSource;

/** What the reconcilers of kinds with limits write to, and take their conditions from. */
public record Writing(
        Registry registry,
        Statuses statuses,
        Programming programming,
        LimitReport limits,
        InstantSource clock) {}
