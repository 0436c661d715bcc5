package io.steppe.e2e;

import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives tests the one cluster that all of them share: started for the first, stopped after the
 * last.
 */
public final class SharedCluster implements ParameterResolver {
  private static final ExtensionContext.Namespace NAMESPACE =
      ExtensionContext.Namespace.create(SharedCluster.class);

  private record Holder(LocalCluster cluster, Throwable failure)
      implements ExtensionContext.Store.CloseableResource, AutoCloseable {
    static Holder start() {
      try {
        return new Holder(LocalCluster.start("--name", "e2e"), null);
      } catch (Exception | AssertionError e) {
        return new Holder(null, e);
      }
    }

    @Override
    public void close() throws Exception {
      if (cluster != null) {
        cluster.close();
      }
    }
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == LocalCluster.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    Holder holder =
        context
            .getRoot()
            .getStore(NAMESPACE)
            .getOrComputeIfAbsent(Holder.class, k -> Holder.start(), Holder.class);
    if (holder.failure() != null) {
      throw new AssertionError(
          "the shared cluster did not start: " + holder.failure().getMessage(), holder.failure());
    }
    return holder.cluster();
  }
}
