package io.apihub.billing.rest;

import org.springframework.stereotype.Component;

/** What controllers answer by that both make things and show them. */
@Component
public record Replies(IdempotentAnswers answers, EntityTags tags) {}
