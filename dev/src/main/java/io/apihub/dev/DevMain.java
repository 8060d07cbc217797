package io.apihub.dev;

import io.apihub.dev.mint.MintFlags;
import io.apihub.dev.smoke.Smoke;
import io.apihub.dev.stack.Rehearsal;
import io.apihub.dev.stack.Stack;
import io.apihub.dev.stack.StackFailure;
import io.apihub.dev.stack.StackOptions;
import io.apihub.dev.stack.StackOptions.Times;
import io.apihub.dev.tool.ToolUnavailable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** Runs the whole product on this machine; {@code start.sh} is its command line. */
public final class DevMain {

    private static final Duration READY_LIMIT = Duration.ofMinutes(5);

    private DevMain() {}

    /**
     * Exits with 130 after Ctrl-C, 1 if the stack can't run or the smoke test fails, 2 on a flag.
     */
    public static void main(String[] arguments) throws InterruptedException {
        try {
            obey(arguments);
        } catch (IllegalArgumentException e) {
            System.err.println("start.sh: " + e.getMessage());
            System.exit(2);
        } catch (FileAlreadyExistsException e) {
            System.err.println("start.sh: " + e.getFile() + " exists already");
            System.exit(1);
        } catch (StackFailure | ToolUnavailable e) {
            System.err.println("start.sh: " + e.getMessage());
            System.exit(1);
        } catch (IOException | UncheckedIOException | IllegalStateException e) {
            System.err.println("start.sh: " + e);
            System.exit(1);
        }
    }

    private static void obey(String[] arguments) throws IOException, InterruptedException {
        switch (arguments.length > 0 ? arguments[0] : "") {
            case "mint" -> mint(List.of(arguments).subList(1, arguments.length));
            case "rehearse" -> {
                Rehearsal.run(DevMain::say);
                System.exit(0); // at once: its threads have nothing left to do
            }
            default -> start(Flags.parse(arguments));
        }
    }

    private static void start(Flags flags) throws IOException, InterruptedException {
        if (flags.help()) {
            System.out.print(help());
        } else if (flags.smoke()) {
            System.exit(Smoke.inTemporaryDirectory(System.out::println) ? 0 : 1);
        } else {
            run(flags);
        }
    }

    private static void mint(List<String> arguments) throws IOException {
        var minting = MintFlags.parse(arguments, InstantSource.system());
        System.out.print(minting.run(new SecureRandom()));
    }

    /** The text that start.sh shows without starting us. */
    private static String help() throws IOException {
        try (var in = DevMain.class.getResourceAsStream("help.txt")) {
            if (in == null) {
                throw new IllegalStateException("help.txt is not in the jar");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static void run(Flags flags) throws IOException, InterruptedException {
        long start = System.nanoTime();
        var options =
                new StackOptions(
                        flags.data(),
                        flags.port(),
                        flags.upstream(),
                        flags.gateways(),
                        Times.standard(),
                        false,
                        DevMain::say);
        say("starting; data and logs are in " + options.data());
        var administrator = FirstLogIn.before(Stack.adminPasswordFile(options.data()));
        var stack = Stack.start(options);
        stack.closeAtExit();
        stack.awaitReady(READY_LIMIT);
        var took = Duration.ofNanos(System.nanoTime() - start);
        boolean demo = flags.upstream().isEmpty();
        System.out.println(new Welcome(stack, demo, administrator).text(took));
        new CountDownLatch(1).await(); // until Ctrl-C, which stops everything
    }

    private static void say(String line) {
        System.out.println("  " + line);
    }
}
