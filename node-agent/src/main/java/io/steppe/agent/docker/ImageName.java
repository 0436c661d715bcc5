package io.steppe.agent.docker;

/**
 * An image as a job names it.
 *
 * @param repository with its registry; with its digest, if it is named by one
 * @param tag empty when it is named by a digest
 */
record ImageName(String repository, String tag) {
  static ImageName of(String image) {
    String name = image.startsWith("https://") ? image.substring("https://".length()) : image;
    if (name.contains("@")) {
      return new ImageName(name, "");
    }
    int colon = name.lastIndexOf(':');
    return colon > name.lastIndexOf('/')
        ? new ImageName(name.substring(0, colon), name.substring(colon + 1))
        : new ImageName(name, "latest");
  }

  /** A tag that stands for whatever is newest. */
  boolean moves() {
    return tag.equals("latest");
  }

  String full() {
    return tag.isEmpty() ? repository : repository + ":" + tag;
  }
}
