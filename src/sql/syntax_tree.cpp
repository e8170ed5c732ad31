#include "sql/syntax_tree.h"

#include <nlohmann/json.hpp>

namespace insights::sql {

Node::Kind Node::kind() const {
  return index_ == nowhere ? Kind::nothing : tree_->entries_[index_].kind;
}

std::string_view Node::key() const {
  if (index_ == nowhere) return {};
  const auto& entry = tree_->entries_[index_];
  return std::string_view(tree_->text_).substr(entry.key, entry.key_size);
}

std::string_view Node::text() const {
  if (index_ == nowhere) return {};
  const auto& entry = tree_->entries_[index_];
  return std::string_view(tree_->text_).substr(entry.text, entry.text_size);
}

bool Node::is_empty() const {
  switch (kind()) {
    case Kind::nothing:
      return true;
    case Kind::boolean:
      return text() == "false";
    case Kind::number:
      return false;
    case Kind::text:
      return text().empty();
    case Kind::list:
    case Kind::object:
      return first().index_ == nowhere;
  }
  return true;
}

Node Node::operator[](std::string_view field) const {
  for (const auto child : *this) {
    if (child.key() == field) return child;
  }
  return {};
}

Node Node::first() const {
  return index_ == nowhere ? Node() : Node(tree_, tree_->entries_[index_].first);
}

Node Node::next() const {
  return index_ == nowhere ? Node() : Node(tree_, tree_->entries_[index_].next);
}

std::size_t Node::size() const {
  std::size_t count = 0;
  for ([[maybe_unused]] const auto child : *this) ++count;
  return count;
}

std::vector<std::string> Node::texts() const {
  std::vector<std::string> all;
  for (const auto child : *this) all.emplace_back(child.text());
  return all;
}

Node::Iterator& Node::Iterator::operator++() {
  index_ = tree_->entries_[index_].next;
  return *this;
}

// Takes what the JSON library reads, event by event.
class TreeBuilder {
 public:
  using number_integer_t = nlohmann::json::number_integer_t;
  using number_unsigned_t = nlohmann::json::number_unsigned_t;
  using number_float_t = nlohmann::json::number_float_t;
  using string_t = nlohmann::json::string_t;
  using binary_t = nlohmann::json::binary_t;

  explicit TreeBuilder(SyntaxTree& tree) : tree_(tree) {}

  bool null() { return add(Node::Kind::nothing, ""); }
  bool boolean(bool value) { return add(Node::Kind::boolean, value ? "true" : "false"); }
  bool number_integer(number_integer_t value) {
    return add(Node::Kind::number, std::to_string(value));
  }
  bool number_unsigned(number_unsigned_t value) {
    return add(Node::Kind::number, std::to_string(value));
  }
  bool number_float(number_float_t, const string_t& text) { return add(Node::Kind::number, text); }
  bool string(string_t& value) { return add(Node::Kind::text, value); }
  bool binary(binary_t&) { return false; }
  bool start_object(std::size_t) { return open(Node::Kind::object); }
  bool start_array(std::size_t) { return open(Node::Kind::list); }
  bool end_object() { return close(); }
  bool end_array() { return close(); }
  bool key(string_t& value) {
    key_ = static_cast<std::uint32_t>(tree_.text_.size());
    key_size_ = static_cast<std::uint32_t>(value.size());
    tree_.text_ += value;
    return true;
  }
  bool parse_error(std::size_t, const std::string&, const nlohmann::json::exception&) {
    return false;
  }

  bool too_deep() const { return too_deep_; }

 private:
  struct Open {
    std::uint32_t index;
    std::uint32_t last = Node::nowhere;  // its last entry so far
  };

  bool add(Node::Kind kind, std::string_view text) {
    const auto index = static_cast<std::uint32_t>(tree_.entries_.size());
    SyntaxTree::Entry entry;
    entry.kind = kind;
    entry.key = key_;
    entry.key_size = key_size_;
    entry.text = static_cast<std::uint32_t>(tree_.text_.size());
    entry.text_size = static_cast<std::uint32_t>(text.size());
    tree_.text_ += text;
    tree_.entries_.push_back(entry);
    key_size_ = 0;
    if (!open_.empty()) {
      auto& parent = open_.back();
      (parent.last == Node::nowhere ? tree_.entries_[parent.index].first
                                    : tree_.entries_[parent.last].next) = index;
      parent.last = index;
    }
    return true;
  }

  bool open(Node::Kind kind) {
    too_deep_ = open_.size() >= SyntaxTree::depth_max;
    if (too_deep_) return false;
    add(kind, "");
    open_.push_back({static_cast<std::uint32_t>(tree_.entries_.size() - 1)});
    return true;
  }

  bool close() {
    open_.pop_back();
    return true;
  }

  SyntaxTree& tree_;
  std::vector<Open> open_;
  std::uint32_t key_ = 0, key_size_ = 0;
  bool too_deep_ = false;
};

std::expected<SyntaxTree, SyntaxTree::Failure> SyntaxTree::read(std::string_view json) {
  SyntaxTree tree;
  TreeBuilder builder(tree);
  tree.text_.reserve(json.size());
  if (nlohmann::json::sax_parse(json, &builder) && !tree.entries_.empty()) return tree;
  return std::unexpected(builder.too_deep() ? Failure::too_deep : Failure::malformed);
}

bool same_tree(Node left, Node right, std::string_view ignored) {
  if (left.kind() != right.kind() || left.text() != right.text()) return false;
  const auto pass_ignored = [&](Node node) {
    while (node.kind() != Node::Kind::nothing && node.key() == ignored) node = node.next();
    return node;
  };
  left = pass_ignored(left.first());
  right = pass_ignored(right.first());
  while (left.kind() != Node::Kind::nothing && right.kind() != Node::Kind::nothing) {
    if (left.key() != right.key() || !same_tree(left, right, ignored)) return false;
    left = pass_ignored(left.next());
    right = pass_ignored(right.next());
  }
  return left.kind() == right.kind();
}

}  // namespace insights::sql
