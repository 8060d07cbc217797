package io.apihub.billing.admin;

import io.apihub.billing.problem.Problem;
import io.swagger.v3.core.converter.ModelConverters;
import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.PathItem;
import io.swagger.v3.oas.models.info.Info;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.responses.ApiResponse;
import io.swagger.v3.oas.models.security.SecurityRequirement;
import io.swagger.v3.oas.models.security.SecurityScheme;
import io.swagger.v3.oas.models.servers.Server;
import java.util.List;
import java.util.stream.Stream;
import org.springdoc.core.customizers.OpenApiCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.servlet.config.annotation.ViewControllerRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** What OpenAPI says beyond the endpoints. */
@Configuration(proxyBeanMethods = false)
class ApiDescription implements WebMvcConfigurer {

    private static final String PROBLEM = "Problem";

    @Override
    public void addViewControllers(ViewControllerRegistry registry) {
        registry.addRedirectViewController("/docs", "/docs/ui");
    }

    /** Every operation may fail, and always in the same form. */
    @Bean
    OpenApiCustomizer failures() {
        return api -> {
            ModelConverters.getInstance(true)
                    .readAll(Problem.class)
                    .forEach(api.getComponents()::addSchemas);
            var problem =
                    new MediaType()
                            .schema(new Schema<Problem>().$ref("#/components/schemas/Problem"));
            api.getComponents()
                    .addResponses(
                            PROBLEM,
                            new ApiResponse()
                                    .description("A problem (RFC 9457); its type is stable")
                                    .content(
                                            new Content()
                                                    .addMediaType(
                                                            "application/problem+json", problem)));
            api.getPaths()
                    .forEach((path, item) ->
                            item.readOperationsMap()
                                    .forEach((method, operation) ->
                                            statuses(path, method, operation)
                                                    .forEach(status -> refer(operation, status))));
        };
    }

    /** Last, since each operation's first name is told apart by a number that others change. */
    @Bean
    OpenApiCustomizer operationIds() {
        return api ->
                api.getPaths()
                        .forEach((path, item) ->
                                item.readOperationsMap()
                                        .forEach((method, operation) ->
                                                operation.setOperationId(
                                                        OperationIds.of(method, path))));
    }

    private static void refer(Operation operation, String status) {
        operation.getResponses().putIfAbsent(status, new ApiResponse().$ref(PROBLEM));
    }

    /** With what an operation may fail. */
    private static Stream<String> statuses(
            String path, PathItem.HttpMethod method, Operation operation) {
        var statuses = Stream.of("400", "401", "403", "404", "406", "429", "500", "503");
        if (method != PathItem.HttpMethod.GET) {
            statuses = Stream.concat(statuses, Stream.of("409"));
        }
        if (operation.getRequestBody() != null) {
            statuses = Stream.concat(statuses, Stream.of("413", "415"));
        }
        if (takes(operation, "If-Match")) {
            statuses = Stream.concat(statuses, Stream.of("412"));
        }
        if (takes(operation, "Idempotency-Key") || path.startsWith("/k8s/")) {
            statuses = Stream.concat(statuses, Stream.of("422"));
        }
        return statuses;
    }

    private static boolean takes(Operation operation, String header) {
        return operation.getParameters() != null
                && operation.getParameters().stream()
                        .anyMatch(parameter -> header.equals(parameter.getName()));
    }

    @Bean
    OpenAPI openApi() {
        return new OpenAPI()
                .info(
                        new Info()
                                .title("APIHub")
                                .version("v1")
                                .description(
                                        "Accounts, ledger, usage, prices, members and keys."
                                                + " Amounts are decimal strings in the"
                                                + " installation's currency, and beside them the"
                                                + " same in millionths. Errors are Problem Details"
                                                + " (RFC 9457) with a stable type."))
                .servers(List.of(new Server().url("/")))
                .components(
                        new Components()
                                .addSecuritySchemes(
                                        "token",
                                        new SecurityScheme()
                                                .type(SecurityScheme.Type.HTTP)
                                                .scheme("bearer")
                                                .bearerFormat("JWT")))
                .addSecurityItem(new SecurityRequirement().addList("token"));
    }
}
