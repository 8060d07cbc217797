package io.apihub.extauthz;

import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts the authorizer and stops it when it is told to. */
public final class ExtAuthzMain {

    private static final Logger log = LoggerFactory.getLogger(ExtAuthzMain.class);

    private static final int BAD_SETTING = 2;
    private static final int FAILED = 1;

    private ExtAuthzMain() {}

    public static void main(String[] args) throws InterruptedException {
        Settings settings;
        try {
            settings = Settings.of(new Environment(System.getenv()));
        } catch (InvalidSetting e) {
            System.err.println(e.getMessage());
            System.exit(BAD_SETTING);
            return;
        }
        try {
            var gateway = Gateway.start(settings);
            Runtime.getRuntime()
                    .addShutdownHook(Thread.ofPlatform().name("stop").unstarted(gateway::stop));
            gateway.warmUp();
            log.info("gateway {} runs", settings.gateway());
        } catch (Exception e) {
            log.error("cannot start: {}", e.getMessage(), e);
            System.exit(FAILED);
        }
        new CountDownLatch(1).await();
    }
}
