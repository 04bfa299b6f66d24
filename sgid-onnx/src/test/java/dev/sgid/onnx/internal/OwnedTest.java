package dev.sgid.onnx.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OwnedTest {
  private final List<String> closed = new ArrayList<>();
  private final Owned owned = new Owned();

  private void open(String name) {
    owned.add(name, () -> closed.add(name));
  }

  @Test
  void opening_fails_closesWhatIsOpenTheLastFirst() {
    assertThatThrownBy(
            () ->
                owned.opening(
                    () -> {
                      open("tokenizer");
                      open("text encoder");
                      throw new IllegalStateException("no UNet");
                    }))
        .hasMessage("no UNet");
    assertThat(closed).containsExactly("text encoder", "tokenizer");
  }

  @Test
  void opening_closingFailsToo_keepsTheFirstFailureAndClosesTheRest() {
    assertThatThrownBy(
            () ->
                owned.opening(
                    () -> {
                      open("tokenizer");
                      owned.add(
                          "text encoder",
                          () -> {
                            throw new IllegalStateException("stuck");
                          });
                      throw new IllegalStateException("no UNet");
                    }))
        .hasMessage("no UNet")
        .satisfies(e -> assertThat(e.getSuppressed()[0]).hasMessage("stuck"));
    assertThat(closed).containsExactly("tokenizer");
  }
}
