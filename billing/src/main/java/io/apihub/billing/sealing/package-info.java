/** Keeps secrets that have to be read again: encrypted in the database, private in files. */
@NullMarked
package io.apihub.billing.sealing;

import org.jspecify.annotations.NullMarked;
