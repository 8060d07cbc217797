/** The way to Kubernetes. */
@NullMarked
package io.apihub.billing.kube;

import org.jspecify.annotations.NullMarked;
