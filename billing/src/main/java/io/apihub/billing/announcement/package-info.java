/** Announcements: what administrators tell everybody who uses this installation. */
@NullMarked
package io.apihub.billing.announcement;

import org.jspecify.annotations.NullMarked;
