package io.apihub.crd.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;

/**
 * A model that an Upstream serves, and the facts on which holds rest. A fact that is too low lets a
 * request cost more than was held for it.
 *
 * @param name what clients ask for
 * @param upstreamName what the server calls it; when absent the same name
 * @param contextTokens the whole window, input and output together
 * @param maxOutputTokens the most that one answer may have
 * @param tokensPerByte decimal; the most tokens that a byte of text makes; 1 is always safe
 * @param imageTokens the most that one image costs; when absent the whole window
 * @param fileTokens the most that one file costs; when absent the whole window
 * @param inputOverheadTokens what the server adds to every request
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
public record UpstreamModel(
        String name,
        String upstreamName,
        Long contextTokens,
        Long maxOutputTokens,
        String tokensPerByte,
        Long imageTokens,
        Long fileTokens,
        Long inputOverheadTokens) {

    public UpstreamModel {
        upstreamName = Defaults.value(upstreamName, name);
        tokensPerByte = Defaults.value(tokensPerByte, "1");
        imageTokens = Defaults.value(imageTokens, contextTokens);
        fileTokens = Defaults.value(fileTokens, contextTokens);
        inputOverheadTokens = Defaults.value(inputOverheadTokens, 0L);
    }
}
