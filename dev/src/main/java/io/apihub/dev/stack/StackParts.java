package io.apihub.dev.stack;

import io.apihub.dev.process.Supervisor;
import io.apihub.dev.tool.Toolbox;
import java.util.List;

/** What a stack is made of. */
record StackParts(
        StackOptions options,
        Toolbox tools,
        DataDirectory data,
        StackPorts ports,
        List<GatewayPlace> gateways,
        Secrets secrets,
        Supervisor supervisor) {

    StackParts {
        gateways = List.copyOf(gateways);
    }
}
