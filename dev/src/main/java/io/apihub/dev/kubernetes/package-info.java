/** A local Kubernetes API server on a local etcd. */
@NullMarked
package io.apihub.dev.kubernetes;

import org.jspecify.annotations.NullMarked;
