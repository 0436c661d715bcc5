package io.steppe.tls;

import java.nio.file.Path;

/**
 * Where certificates lie, in PEM form.
 *
 * @param ca authorities that are trusted, one or more
 * @param cert the own certificate; those between it and the authority after it
 * @param key of the own certificate, not encrypted
 */
public record TlsFiles(Path ca, Path cert, Path key) {}
