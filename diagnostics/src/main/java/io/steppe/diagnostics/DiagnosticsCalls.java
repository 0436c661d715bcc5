package io.steppe.diagnostics;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.steppe.rpc.Callers;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.ClientFrame;
import io.steppe.rpc.v1.ClientUp;
import java.util.concurrent.Semaphore;
import org.jboss.logging.Logger;

/** What a service tells of itself, as a call, which each service has an endpoint for. */
public final class DiagnosticsCalls {
  private static final Logger LOG = Logger.getLogger(DiagnosticsCalls.class);

  /** Listeners at a time. */
  private static final int MOST = 64;

  private final Diagnostics diagnostics = new Diagnostics();
  private final Semaphore places = new Semaphore(MOST);

  /** Takes a call. */
  public StreamObserver<ClientUp> open(StreamObserver<ClientFrame> frames) {
    var call = new RemoteListener((ServerCallStreamObserver<ClientFrame>) frames);
    return new StreamObserver<>() {
      private boolean asked;

      @Override
      public void onNext(ClientUp message) {
        switch (message.getUpCase()) {
          case CREDIT -> call.credit(message.getCredit());
          case REQUEST -> {
            if (asked) {
              call.fail(Failure.invalid("a call has one request"));
            } else {
              asked = true;
              call.credit(message.getRequest().getCredit());
              begin(message, call);
            }
          }
          case INPUT, UP_NOT_SET -> {}
        }
      }

      @Override
      public void onError(Throwable error) {
        call.leave();
      }

      @Override
      public void onCompleted() {
        if (!asked) {
          call.fail(Failure.invalid("a call begins with its request"));
        }
      }
    };
  }

  private void begin(ClientUp message, RemoteListener call) {
    if (!places.tryAcquire()) {
      call.fail(Failure.unavailable("too many listeners"));
      return;
    }
    Thread.ofVirtual()
        .name("diagnostics")
        .start(
            () -> {
              try {
                answer(message, call);
              } finally {
                places.release();
              }
            });
  }

  private void answer(ClientUp message, RemoteListener call) {
    try {
      Callers.required(message.getRequest().getCaller());
      diagnostics.answer(message.getRequest(), call);
      call.complete();
    } catch (Listener.Gone | InterruptedException e) {
      LOG.debug("The listener is gone");
    } catch (Failure failure) {
      call.fail(failure);
    } catch (RuntimeException e) {
      LOG.errorf(e, "%s can't be told", message.getRequest().getCallCase());
      call.fail(Failure.of(e));
    }
  }
}
