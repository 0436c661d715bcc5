package io.steppe.rpc;

import io.grpc.EquivalentAddressGroup;
import io.grpc.NameResolver;
import io.grpc.NameResolverProvider;
import io.grpc.Status;
import io.grpc.StatusOr;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Executor;

/**
 * Resolves {@code steppe:///host:port,host:port}: a fixed list of replicas, each an address group
 * of its own.
 */
final class AddressListResolver extends NameResolver {
  private static final String SCHEME = "steppe";

  private final List<InetSocketAddress> addresses;
  private final Executor lookups;
  private Listener2 listener;

  private AddressListResolver(List<InetSocketAddress> addresses, Executor lookups) {
    this.addresses = addresses;
    this.lookups = lookups;
  }

  static String target(String addresses) {
    parse(addresses);
    return SCHEME + ":///" + addresses.replace(" ", "");
  }

  @Override
  public String getServiceAuthority() {
    return "steppe";
  }

  @Override
  public void start(Listener2 listener) {
    this.listener = listener;
    refresh();
  }

  /** Looks the names up again: gRPC asks for it when a connection breaks. */
  @Override
  public void refresh() {
    lookups.execute(() -> listener.onResult(result()));
  }

  @Override
  public void shutdown() {}

  private ResolutionResult result() {
    List<EquivalentAddressGroup> groups =
        addresses.stream()
            .map(address -> new InetSocketAddress(address.getHostString(), address.getPort()))
            .filter(address -> !address.isUnresolved())
            .map(EquivalentAddressGroup::new)
            .toList();
    StatusOr<List<EquivalentAddressGroup>> found =
        groups.isEmpty()
            ? StatusOr.fromStatus(
                Status.UNAVAILABLE.withDescription("unknown host in " + addresses))
            : StatusOr.fromValue(groups);
    return ResolutionResult.newBuilder().setAddressesOrError(found).build();
  }

  private static List<InetSocketAddress> parse(String addresses) {
    return Arrays.stream(addresses.split(","))
        .map(String::strip)
        .map(AddressListResolver::socketAddress)
        .toList();
  }

  private static InetSocketAddress socketAddress(String address) {
    int colon = address.lastIndexOf(':');
    if (colon <= 0) {
      throw new IllegalArgumentException("'" + address + "' is no address: expected host:port");
    }
    try {
      return InetSocketAddress.createUnresolved(
          address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "'" + address + "' is no address: the port is no number", e);
    }
  }

  /** Makes resolvers for the scheme. */
  static final class Provider extends NameResolverProvider {
    @Override
    public NameResolver newNameResolver(URI target, NameResolver.Args args) {
      return SCHEME.equals(target.getScheme())
          ? new AddressListResolver(parse(target.getPath().substring(1)), args.getOffloadExecutor())
          : null;
    }

    @Override
    public String getDefaultScheme() {
      return SCHEME;
    }

    @Override
    protected boolean isAvailable() {
      return true;
    }

    /** Below DNS, so that targets without a scheme keep their meaning. */
    @Override
    protected int priority() {
      return 1;
    }

    @Override
    public Collection<Class<? extends SocketAddress>> getProducedSocketAddressTypes() {
      return List.of(InetSocketAddress.class);
    }
  }
}
