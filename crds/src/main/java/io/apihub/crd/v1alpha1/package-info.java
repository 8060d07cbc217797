/**
 * The custom resources of group {@code apihub.io}, version {@code v1alpha1}, as Java values.
 *
 * <p>The contract is the hand-written YAML in {@code manifests/}, which is also on the class path
 * under {@code crds/}. These records follow it: fields that the schema fills are never null here,
 * absent optional fields are null and are not written, unknown fields are ignored.
 */
@NullMarked
package io.apihub.crd.v1alpha1;

import org.jspecify.annotations.NullMarked;
