package io.apihub.billing.admin;

import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.media.Schema;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springdoc.core.customizers.OpenApiCustomizer;
import org.springframework.context.ApplicationContext;
import org.springframework.stereotype.Component;
import org.springframework.web.bind.annotation.RestController;

/** Says in OpenAPI which fields are always there: those of records that are not nullable. */
@Component
class RequiredFields implements OpenApiCustomizer {

    private final ApplicationContext context;

    RequiredFields(ApplicationContext context) {
        this.context = context;
    }

    @Override
    public void customise(OpenAPI api) {
        context.getBeansWithAnnotation(RestController.class).values().stream()
                .flatMap(controller -> records(controller.getClass()))
                .forEach(type ->
                        mark(api.getComponents().getSchemas().get(type.getSimpleName()), type));
    }

    private static Stream<Class<?>> records(Class<?> controller) {
        return Arrays.stream(controller.getDeclaredClasses()).filter(Class::isRecord);
    }

    private static void mark(@Nullable Schema<?> schema, Class<?> type) {
        if (schema != null && schema.getProperties() != null) {
            List<String> required =
                    Arrays.stream(type.getRecordComponents())
                            .filter(part ->
                                    !part.getAnnotatedType().isAnnotationPresent(Nullable.class))
                            .map(RecordComponent::getName)
                            .filter(schema.getProperties()::containsKey)
                            .toList();
            if (!required.isEmpty()) {
                schema.setRequired(required);
            }
        }
    }
}
