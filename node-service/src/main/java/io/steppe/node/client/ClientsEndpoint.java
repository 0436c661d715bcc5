package io.steppe.node.client;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.quarkus.grpc.GrpcService;
import io.steppe.ledger.Replicas.Member;
import io.steppe.node.peer.Peers;
import io.steppe.node.session.Session;
import io.steppe.node.session.SessionRow;
import io.steppe.node.session.SessionRows;
import io.steppe.node.session.Sessions;
import io.steppe.rpc.Callers;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.ClientFrame;
import io.steppe.rpc.v1.ClientRequest;
import io.steppe.rpc.v1.ClientUp;
import io.steppe.rpc.v1.ClientsGrpc;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Where calls for agents come in: passed to the agent, or once to the replica that has its session.
 */
@GrpcService
public class ClientsEndpoint extends ClientsGrpc.ClientsImplBase {
  /** Messages kept until it is known where the call goes. */
  private static final int MOST_BEFORE = 1024;

  private final Sessions sessions;
  private final SessionRows rows;
  private final Answers answers;
  private final Peers peers;

  public ClientsEndpoint(Sessions sessions, SessionRows rows, Answers answers, Peers peers) {
    this.sessions = sessions;
    this.rows = rows;
    this.answers = answers;
    this.peers = peers;
  }

  static Failure noPath() {
    return Failure.notFound("No path to node");
  }

  @Override
  public StreamObserver<ClientUp> open(StreamObserver<ClientFrame> frames) {
    var reader = (ServerCallStreamObserver<ClientFrame>) frames;
    ReaderCall call = new ReaderCall(reader);
    reader.setOnCancelHandler(call::cancel);
    return call;
  }

  /** The reader's side of a call. */
  private final class ReaderCall implements StreamObserver<ClientUp> {
    private final ServerCallStreamObserver<ClientFrame> reader;
    private Optional<Leg> leg = Optional.empty();
    private final List<ClientUp> before = new ArrayList<>();
    private boolean asked;
    private boolean cancelled;

    ReaderCall(ServerCallStreamObserver<ClientFrame> reader) {
      this.reader = reader;
    }

    @Override
    public void onNext(ClientUp message) {
      switch (message.getUpCase()) {
        case REQUEST -> request(message.getRequest());
        case CREDIT, INPUT -> pass(message);
        case UP_NOT_SET -> {}
      }
    }

    @Override
    public void onError(Throwable error) {
      cancel();
    }

    @Override
    public void onCompleted() {
      if (!asked) {
        fail(Failure.invalid("a call begins with its request"));
      }
    }

    private void request(ClientRequest request) {
      if (asked) {
        fail(Failure.invalid("a call has one request"));
        return;
      }
      asked = true;
      try {
        Callers.required(request.getCaller());
        Optional<Session> here = sessions.live(request.getNodeId());
        if (here.isPresent()) {
          go(answers.ask(here.get(), request, reader));
        } else if (request.getForwarded()) {
          throw noPath();
        } else {
          passOn(request);
        }
      } catch (Failure failure) {
        fail(failure);
      }
    }

    private void passOn(ClientRequest request) {
      rows.of(request.getNodeId())
          .subscribe()
          .with(
              row ->
                  row.flatMap(ClientsEndpoint.this::elsewhere)
                      .ifPresentOrElse(
                          replica ->
                              go(ForwardedCall.begin(peers.channel(replica), request, reader)),
                          () -> fail(noPath())),
              error -> fail(Failure.of(error)));
    }

    private synchronized void go(Leg begun) {
      leg = Optional.of(begun);
      if (cancelled) {
        begun.cancel();
      } else {
        before.forEach(message -> pass(begun, message));
      }
      before.clear();
    }

    private synchronized void pass(ClientUp message) {
      if (leg.isPresent()) {
        pass(leg.get(), message);
      } else if (before.size() < MOST_BEFORE) {
        before.add(message);
      } else {
        fail(Failure.unavailable("too much is sent before the call has begun"));
      }
    }

    private static void pass(Leg leg, ClientUp message) {
      if (message.hasInput()) {
        leg.input(message.getInput());
      } else {
        leg.credit(message.getCredit());
      }
    }

    private synchronized void cancel() {
      cancelled = true;
      leg.ifPresent(Leg::cancel);
    }

    private void fail(Failure failure) {
      reader.onError(failure.toStatus());
    }
  }

  private Optional<Member> elsewhere(SessionRow row) {
    return peers.living(row.replica()).filter(replica -> replica.generation() == row.generation());
  }
}
