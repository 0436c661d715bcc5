package io.steppe.http;

import java.util.List;

/** Where requests for other regions go. */
public interface OtherRegions {
  /**
   * Addresses of a region's gateways: {@code host:port}, or with a scheme before; none for a region
   * that nobody knows. Waits for what it has to look up.
   */
  List<String> gateways(String region);
}
