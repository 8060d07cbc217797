package io.apihub.billing.admin;

import io.apihub.billing.access.Level;
import io.apihub.billing.access.Permit;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** The models that upstreams serve now. */
@RestController
@Tag(name = "Catalogue")
class ModelController {

    private final JdbcTemplate jdbc;

    ModelController(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    /** A model as clients name it; a bound is absent where no upstream told one. */
    record Model(
            String name,
            @Nullable Long contextTokens,
            @Nullable Long maxOutputTokens,
            List<String> protocols) {}

    /** All models, by name. */
    record Models(List<Model> items) {}

    @Operation(summary = "The models that upstreams serve now")
    @Permit(Level.SIGNED_IN)
    @GetMapping("/api/v1/models")
    Models models() {
        return new Models(
                jdbc.query(
                        "SELECT name, context_tokens, max_output_tokens, protocols"
                                + " FROM registry.model WHERE deleted_at IS NULL ORDER BY name",
                        (row, number) -> model(row)));
    }

    private static Model model(ResultSet row) throws SQLException {
        return new Model(
                row.getString("name"),
                row.getObject("context_tokens") == null ? null : row.getLong("context_tokens"),
                row.getObject("max_output_tokens") == null
                        ? null
                        : row.getLong("max_output_tokens"),
                List.of((String[]) row.getArray("protocols").getArray()));
    }
}
