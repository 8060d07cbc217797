package io.apihub.billing.registration;

import io.apihub.billing.BillingMain;
import io.apihub.billing.database.TestDatabase;
import io.apihub.billing.kube.TenantProvisioning;
import io.apihub.billing.registration.FaultPoint.Moment;
import io.apihub.billing.settings.Identity;
import io.apihub.billing.settings.Mail;
import io.apihub.billing.settings.Settings;
import io.apihub.billing.testing.People;
import io.apihub.billing.testing.TestSettings;
import io.apihub.model.money.Credits;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.springframework.context.support.GenericApplicationContext;

/**
 * The whole of billing in a process of its own, with somebody who registers there; it ends at a
 * moment of that as by kill -9.
 */
final class MortalRegistrations {

    /** What a shell says of kill -9. */
    static final int KILLED = 137;

    private MortalRegistrations() {}

    /**
     * Runs until it reaches the moment, or is stopped.
     *
     * @param args the database's URL, the moment, the name of the tenant
     */
    public static void main(String[] args) throws IOException, InterruptedException {
        var database = TestDatabase.at(args[0]);
        var fatal = Moment.valueOf(args[1]);
        var context =
                BillingMain.start(
                        settings(database, fatal == Moment.PROVEN),
                        beans -> {
                            tenants(beans, database);
                            beans.registerBean(
                                    "mortal",
                                    FaultPoint.class,
                                    () -> moment -> dieAt(fatal, moment),
                                    bean -> bean.setPrimary(true));
                        });
        var url =
                "http://127.0.0.1:"
                        + context.getEnvironment().getProperty("local.server.port")
                        + "/api/v1/registration";
        var request =
                HttpRequest.newBuilder(URI.create(url))
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(wish(args[2])))
                        .build();
        try (var http = HttpClient.newHttpClient()) {
            var answer = http.send(request, BodyHandlers.ofString());
            // Until the database is ready nobody registers.
            while (answer.statusCode() == 503) {
                TimeUnit.MILLISECONDS.sleep(100);
                answer = http.send(request, BodyHandlers.ofString());
            }
            if (answer.statusCode() >= 400) {
                System.err.println(answer.body());
                Runtime.getRuntime().halt(1);
            }
        }
        // As the link in the mail does.
        database.admin()
                .update("UPDATE billing.app_user SET state = 'ACTIVE' WHERE state = 'UNVERIFIED'");
        context.getBean(Resumer.class).resume();
    }

    static void tenants(GenericApplicationContext beans, TestDatabase database) {
        beans.registerBean(
                "lastingTenants",
                TenantProvisioning.class,
                () -> new LastingTenants(database),
                bean -> bean.setPrimary(true));
    }

    static String wish(String tenant) {
        return """
        {"email": "%s@example.com", "password": "%s", "displayName": "Some Body", "tenantName": "%s"}
        """
                .formatted(tenant, People.PASSWORD, tenant);
    }

    /**
     * Everybody may register, with a trial.
     *
     * @param proven whether addresses have to be proven, by mails that nobody takes
     */
    static Settings settings(TestDatabase database, boolean proven) {
        var settings = TestSettings.of(database);
        if (proven) {
            var mail = new Mail("127.0.0.1", 1, Mail.Tls.NONE, null, "hub@example.com", "Hub");
            settings = TestSettings.with(settings, mail);
        }
        return TestSettings.with(
                settings,
                identity ->
                        new Identity(
                                new Identity.Registration(
                                        Identity.Mode.ON,
                                        Set.of(),
                                        "registration",
                                        Credits.parse("2.5")),
                                identity.sessions(),
                                identity.publicUrl(),
                                identity.trustedProxies(),
                                identity.secretsKeyFile(),
                                identity.firstAdministrator()));
    }

    /** Without any hook, and whatever other threads are in the middle of. */
    private static void dieAt(Moment fatal, Moment moment) {
        if (moment == fatal) {
            Runtime.getRuntime().halt(KILLED);
        }
    }
}
