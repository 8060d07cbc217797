package io.apihub.dev.stack;

import io.apihub.dev.process.Supervisor;
import io.apihub.dev.tool.Toolbox;

/** What a stack is made of. */
record StackParts(
        StackOptions options,
        Toolbox tools,
        DataDirectory data,
        StackPorts ports,
        Secrets secrets,
        Supervisor supervisor) {}
