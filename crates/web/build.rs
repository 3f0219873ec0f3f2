//! Compresses the assets once, so that serving them costs nothing.
fn main() {
    memory_serve::load_directory("./assets");
}
