package io.apihub.dev.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * One run of a program, in a process group of its own.
 *
 * <p>It is started through a shell that leaves a watcher behind and then becomes the program. The
 * watcher reads a pipe that only we hold open: when we end, however hard, it reads the end of the
 * pipe and stops the program; when the program ends, it removes what the program left running.
 */
final class Child {

    /**
     * $1 is the stop signal, the rest the command. The watcher belongs to the program's group, so
     * the group's number can't be given to anyone else while the watcher may still use it.
     */
    private static final String WATCHED =
            """
            exec 3<&0
            signal=$1
            shift
            (
              trap '' TERM INT QUIT HUP
              read -r _ <&3
              kill -"$signal" $$
              tenths=0
              while [ $tenths -lt 50 ] && kill -0 $$; do
                sleep 0.1
                tenths=$((tenths + 1))
              done
              kill -9 -$$
            ) </dev/null >/dev/null 2>&1 &
            exec "$@" </dev/null 3<&-
            """;

    private final Program program;
    private final Process process;

    private Child(Program program, Process process) {
        this.program = program;
        this.process = process;
    }

    /** Starts it. The caller must wait for its end in some thread, see {@link #awaitEnd}. */
    static Child start(Program program) throws IOException {
        Files.createDirectories(program.log().toAbsolutePath().getParent());
        var command = new ArrayList<>(List.of("setsid", "sh", "-c", WATCHED, program.name()));
        command.add(program.stopSignal());
        command.addAll(program.command());
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.redirectOutput(ProcessBuilder.Redirect.appendTo(program.log().toFile()));
        builder.environment().keySet().removeIf(name -> name.startsWith("APIHUB_"));
        builder.environment().putAll(program.environment());
        return new Child(program, builder.start());
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    int awaitEnd() throws InterruptedException {
        return process.waitFor();
    }

    /** Asks it to end, then kills it; returns when it is gone. */
    void stop() throws InterruptedException {
        signal(program.stopSignal());
        if (!process.waitFor(program.grace().toMillis(), TimeUnit.MILLISECONDS)) {
            kill();
            process.waitFor();
        }
    }

    /** Like {@code kill -9}. */
    void kill() {
        process.destroyForcibly();
    }

    /** Sends {@code STOP}, {@code CONT}, {@code TERM}, ...; nothing happens if it has ended. */
    void signal(String name) throws InterruptedException {
        try {
            new ProcessBuilder("sh", "-c", "kill -" + name + " " + pid())
                    .redirectErrorStream(true)
                    .redirectOutput(Path.of("/dev/null").toFile())
                    .start()
                    .waitFor();
        } catch (IOException e) {
            kill(); // without a shell there is no gentler way
        }
    }
}
