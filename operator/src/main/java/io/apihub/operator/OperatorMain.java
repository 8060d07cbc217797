package io.apihub.operator;

import io.apihub.operator.config.InvalidSettingException;
import io.apihub.operator.config.OperatorSettings;
import java.io.IOException;

/** Runs the operator until it is told to stop. */
public final class OperatorMain {

    private static final int BAD_SETTING = 2;

    private OperatorMain() {}

    /** Takes no arguments; the environment is the configuration. */
    public static void main(String[] arguments) throws InterruptedException {
        try {
            run(OperatorSettings.from(System.getenv()));
        } catch (InvalidSettingException e) {
            System.err.println("operator: " + e.getMessage());
            System.exit(BAD_SETTING);
        } catch (IOException e) {
            System.err.println("operator: can't listen: " + e.getMessage());
            System.exit(BAD_SETTING);
        }
    }

    private static void run(OperatorSettings settings) throws IOException, InterruptedException {
        var client = ApiServer.client();
        var process = new OperatorProcess(settings, client);
        Runtime.getRuntime()
                .addShutdownHook(
                        new Thread(() -> {
                            process.close();
                            client.close();
                        }));
        process.start();
        Thread.currentThread().join();
    }
}
