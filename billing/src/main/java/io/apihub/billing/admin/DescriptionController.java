package io.apihub.billing.admin;

import io.apihub.billing.access.Level;
import io.apihub.billing.access.Permit;
import io.apihub.billing.rest.EntityTags;
import io.swagger.v3.oas.annotations.Hidden;
import java.io.IOException;
import org.springframework.core.io.ClassPathResource;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * The description of the API as it was committed: to render it from the code takes seconds of a
 * processor, and memory that nothing else needs.
 */
@RestController
@Hidden
class DescriptionController {

    private final byte[] description;
    private final String tag;

    DescriptionController(EntityTags tags) throws IOException {
        this.description =
                new ClassPathResource("openapi.json", DescriptionController.class)
                        .getContentAsByteArray();
        this.tag = tags.of(description);
    }

    @Permit(Level.ANYONE)
    @GetMapping("/api/openapi")
    ResponseEntity<byte[]> description() {
        return ResponseEntity.ok()
                .contentType(MediaType.APPLICATION_JSON)
                .cacheControl(CacheControl.noCache())
                .eTag(tag)
                .body(description);
    }
}
