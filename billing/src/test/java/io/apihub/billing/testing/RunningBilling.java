package io.apihub.billing.testing;

import io.apihub.billing.BillingMain;
import io.apihub.billing.database.TestDatabase;
import io.apihub.billing.grpc.GrpcServer;
import io.apihub.billing.management.ManagementServer;
import io.apihub.billing.settings.Settings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.io.Resource;
import org.springframework.core.type.classreading.MetadataReader;
import org.springframework.security.crypto.argon2.Argon2PasswordEncoder;
import org.springframework.security.crypto.password.PasswordEncoder;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The whole of billing in this JVM, on free ports, with an administrator's hands. */
public final class RunningBilling implements AutoCloseable {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** What starts of this JVM have read of class files, which is a part of what a start costs. */
    private static final Map<Resource, MetadataReader> READ = new ConcurrentHashMap<>();

    private static @Nullable TestDatabase sharedDatabase;
    private static @Nullable RunningBilling sharedBilling;

    private final HttpClient http = HttpClient.newHttpClient();
    private final Settings settings;
    private final ConfigurableApplicationContext context;

    private RunningBilling(Settings settings, Consumer<GenericApplicationContext> more) {
        this.settings = settings;
        this.context =
                BillingMain.start(
                        settings,
                        beans -> {
                            rememberClassFiles(beans);
                            beans.registerBean(
                                    "quickHashes",
                                    PasswordEncoder.class,
                                    RunningBilling::quickHashes,
                                    bean -> bean.setPrimary(true));
                            more.accept(beans);
                        });
    }

    private static void rememberClassFiles(GenericApplicationContext context) {
        context.getResourceCache(MetadataReader.class).putAll(READ);
        context.addBeanFactoryPostProcessor(
                beans -> READ.putAll(context.getResourceCache(MetadataReader.class)));
    }

    /** Argon2id that costs little: the real figures are PasswordsTest's matter. */
    private static PasswordEncoder quickHashes() {
        return new Argon2PasswordEncoder(16, 32, 1, 256, 1);
    }

    /** Starts it and waits until it is ready. */
    public static RunningBilling on(TestDatabase database) {
        var billing = new RunningBilling(TestSettings.of(database), more -> {});
        billing.awaitReady();
        return billing;
    }

    /**
     * The one that all tests of this JVM share which need nothing special of it, where whoever
     * tried to log in before is forgotten. Tests make tenants and users of their own, leave prices
     * and settings alone, count nothing that is not theirs, and never close it.
     */
    public static synchronized RunningBilling shared() {
        var database = sharedDatabase();
        database.admin().update("DELETE FROM billing.throttle");
        var billing = sharedBilling;
        if (billing == null) {
            billing = on(database);
            sharedBilling = billing;
        }
        return billing;
    }

    /** What {@link #shared} runs on. */
    public static synchronized TestDatabase sharedDatabase() {
        var database = sharedDatabase;
        if (database == null) {
            database = TestDatabase.create();
            sharedDatabase = database;
        }
        return database;
    }

    /** Starts it without waiting. */
    public static RunningBilling with(Settings settings) {
        return new RunningBilling(settings, more -> {});
    }

    /** Starts it with more beans, and waits until it is ready. */
    public static RunningBilling with(Settings settings, Consumer<GenericApplicationContext> more) {
        var billing = new RunningBilling(settings, more);
        billing.awaitReady();
        return billing;
    }

    public void awaitReady() {
        Poll.until(Duration.ofSeconds(60), () -> readiness().statusCode() == 200);
    }

    public HttpResponse<String> readiness() {
        return management("/readyz");
    }

    public HttpResponse<String> management(String path) {
        int port = context.getBean(ManagementServer.class).port();
        return send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)));
    }

    public int grpcPort() {
        return context.getBean(GrpcServer.class).port();
    }

    public <T> T get(Class<T> type) {
        return context.getBean(type);
    }

    public String token() {
        try {
            return Files.readString(settings.adminTokenFile()).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A request to REST, without a token. */
    public HttpRequest.Builder request(String path) {
        var port = context.getEnvironment().getProperty("local.server.port");
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(Duration.ofSeconds(20));
    }

    public HttpResponse<String> get(String path) {
        return send(authorized(path));
    }

    public HttpResponse<String> post(String path, @Nullable String idempotencyKey, String body) {
        var request =
                authorized(path)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body));
        if (idempotencyKey != null) {
            request.header("Idempotency-Key", idempotencyKey);
        }
        return send(request);
    }

    private HttpRequest.Builder authorized(String path) {
        return request(path).header("Authorization", "Bearer " + token());
    }

    public HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    public static JsonNode json(HttpResponse<String> response) {
        try {
            return JSON.readTree(response.body());
        } catch (JacksonException e) {
            throw new AssertionError(
                    "not JSON: " + response + " " + response.headers().map() + response.body(), e);
        }
    }

    @Override
    public void close() {
        context.close();
        http.close();
    }
}
