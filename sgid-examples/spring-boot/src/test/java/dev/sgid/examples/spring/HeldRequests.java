package dev.sgid.examples.spring;

import dev.sgid.testing.Waiting;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import java.io.IOException;

/** Holds requests that have been accepted until sgid's part in the shutdown has begun. */
final class HeldRequests implements Filter {
  @Override
  public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    System.out.println("held");
    Waiting.until(HeldRequests::isSgidWaiting);
    chain.doFilter(request, response);
  }

  private static boolean isSgidWaiting() {
    return Thread.getAllStackTraces().keySet().stream()
        .anyMatch(
            thread ->
                thread.getName().equals("sgid-onnx-shutdown")
                    && thread.getState() == Thread.State.TIMED_WAITING);
  }
}
