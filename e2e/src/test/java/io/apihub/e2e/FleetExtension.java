package io.apihub.e2e;

import io.apihub.dev.stack.StackOptions;
import java.nio.file.Path;

/** Gives tests a {@link Product} of their own kind: with three gateways behind one port. */
final class FleetExtension extends ProductExtension {

    static final int GATEWAYS = 3;

    @Override
    StackOptions options(Path directory) {
        return super.options(directory).gateways(GATEWAYS);
    }
}
