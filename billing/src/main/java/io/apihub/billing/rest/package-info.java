/** What every controller needs: pages, parameters, answers that are given once. */
@NullMarked
package io.apihub.billing.rest;

import org.jspecify.annotations.NullMarked;
