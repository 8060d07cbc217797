package io.apihub.billing;

import io.apihub.billing.settings.Environment;
import io.apihub.billing.settings.InvalidSetting;
import io.apihub.billing.settings.Settings;
import java.util.Map;
import java.util.function.Consumer;
import org.springframework.boot.Banner;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;

/** Starts billing from environment variables; see docs/api.md. */
public final class BillingMain {

    private static final int WRONG_SETTING = 2;

    private BillingMain() {}

    public static void main(String[] arguments) {
        try {
            start(Environment.settings(System.getenv()));
        } catch (InvalidSetting e) {
            System.err.println("billing: " + e.getMessage());
            System.exit(WRONG_SETTING);
        }
    }

    /** Starts billing; closing the context stops it. */
    public static ConfigurableApplicationContext start(Settings settings) {
        return start(settings, more -> {});
    }

    /** Starts billing with more beans than it has by itself. */
    public static ConfigurableApplicationContext start(
            Settings settings, Consumer<GenericApplicationContext> more) {
        var http = settings.listeners().http();
        return new SpringApplicationBuilder(BillingApplication.class)
                .bannerMode(Banner.Mode.OFF)
                .properties(
                        Map.of(
                                "server.address", http.host(),
                                "server.port", String.valueOf(http.port())))
                .initializers(context -> {
                    var beans = (GenericApplicationContext) context;
                    beans.registerBean(Settings.class, () -> settings);
                    more.accept(beans);
                })
                .run();
    }
}
